/*
 * render_names.h - what names and functions mean while a file is rendered: vars, params, matrix, seed,
 * env, rand, pick.  Between render.c and render_names.c only.
 */
#ifndef CORE_SCENARIO_RENDER_NAMES_H
#define CORE_SCENARIO_RENDER_NAMES_H

#include "core/scenario/render.h"

/*
 * The value of an expression, or the tree that a bare name stands for (`*tree`, else NULL).  UNKNOWN:
 * names of the run are in it.  A fault without a code was told already.
 */
enum rh_expr_answer rh_render_eval(struct rh_render *render, struct rh_expr_value *value,
				   struct rh_tree **tree, struct rh_expr_fault *fault,
				   const struct rh_expr *expr);
/*
 * The expression with every part that only the file knows replaced by its value; NULL with a fault.
 * Parts without a name of the file stay as they are written.
 */
const struct rh_expr *rh_render_fold(struct rh_render *render, struct rh_expr_fault *fault,
				     bool *is_changed, const struct rh_expr *expr);

#endif
