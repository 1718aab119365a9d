/*
 * template.h - parameters of a file, and templates that are used in another.
 *
 * A file with `parameters` is run with values from -p, from a file of parameters, or with the defaults.
 * `use: NAME` as an entry of phases puts the template's phases there; as a step it puts their actions
 * there, each phase's moved by those before it, and their checks into the phase around it.  Names of
 * phases and steps get the name of the use in front (`outage-cut`), and so do draws, so one template
 * can be used twice in one file.
 */
#ifndef CORE_SCENARIO_TEMPLATE_H
#define CORE_SCENARIO_TEMPLATE_H

#include "core/scenario/render.h"

/* A map of parameter names to values as a person gave them, from -p and --params. */
struct rh_tree *rh_params_given(struct rh_loader *loader, const struct rh_tree *declared);
/*
 * The values of all declared parameters as a map that expressions read, each checked by its type; NULL
 * after complaining.  `given` may be NULL; `place` is where a missing one is missed.
 */
struct rh_tree *rh_params_bind(struct rh_render *render, const struct rh_tree *declared,
			       const struct rh_tree *given, struct rh_place place, bool is_use);
/* The list of declarations of a file: at the top, or under spec; NULL when there is none. */
struct rh_tree *rh_params_declared(const struct rh_tree *root);

/* Replaces every `use` in phases, rollback and cleanup of a rendered spec. */
void rh_use_expand(struct rh_render *render, struct rh_tree *spec);

#endif
