/* pow.c - planted: a model knows the simulator. */
#include "core/model.h"
#include "sim/world.h"
