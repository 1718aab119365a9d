/* string_utils.c - planted: a name that says nothing. */
