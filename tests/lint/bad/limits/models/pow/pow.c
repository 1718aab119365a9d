/* pow.c - planted.  LIMIT: transactions have no fees. */
