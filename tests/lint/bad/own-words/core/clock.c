/* clock.c - planted: as issue 12 asks; the reason stands in /home/me/notes.txt. */
