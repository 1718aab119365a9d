/* part.c - planted: in a folder without a README. */
