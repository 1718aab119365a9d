/*
 * registry.h - the models that come with the program, in the form in which a plugin brings its own.
 *
 * A new model is a folder under models/ and one line in registry.c; nothing else names it.
 */
#ifndef MODELS_REGISTRY_H
#define MODELS_REGISTRY_H

#include "core/plugin.h"

extern const struct rh_plugin rh_builtin_models;

#endif
