/* blank.c - planted. */ 
int x;