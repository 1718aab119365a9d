/* guardian.c - planted: what starts processes knows what they do. */
#include "live/process/guardian.h"
#include "live/node/node.h"
