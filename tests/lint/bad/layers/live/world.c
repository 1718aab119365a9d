/* world.c - planted: the live world calls the other one. */
#include "core/world.h"
#include "sim/stream.h"
