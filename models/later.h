/*
 * later.h - the models that come later: named, checked and planned, not run (later.c).
 */
#ifndef MODELS_LATER_H
#define MODELS_LATER_H

#include "core/model.h"

extern const struct rh_model rh_later_ethereum_pos;
extern const struct rh_model rh_later_pos;
extern const struct rh_model rh_later_bft;
extern const struct rh_model rh_later_sequencer;

#endif
