/* node.h - planted: a struct behind a typedef.  A typedef struct in a comment is none. */
typedef struct node {
	int id;
} node_t;
