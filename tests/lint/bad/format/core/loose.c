/* loose.c - planted: braces and blanks of another house. */
int loose( int a ){
  return a ;
}
