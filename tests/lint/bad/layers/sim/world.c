/* world.c - planted: the simulator names a model and the runner. */
#include "core/world.h"
#include "models/pow/pow.h"
	# include "core/run/run.h"
