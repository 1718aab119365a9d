/* clock.c - planted: as issue 12 asks, and as an AI assistant was told in shared/DESIGN.md. */
