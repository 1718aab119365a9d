/*
 * services.h - scenarios without a network (load_services.c).
 */
#ifndef CORE_SCENARIO_SERVICES_H
#define CORE_SCENARIO_SERVICES_H

#include "core/scenario/loader.h"

#define RH_SERVICES_MAX 1000 /* more are not told apart: no file names so many */

/* What the plan of such a scenario has for a model; in no registry. */
extern const struct rh_model rh_model_services;

/* Makes the services nodes when there is neither topology nor model; else tells what is missing. */
void rh_load_services(struct rh_loader *loader);
bool rh_load_is_without_network(const struct rh_loader *loader);
/* Its nodes are services, for reports. */
bool rh_plan_is_without_network(const struct rh_plan *plan);
/* Complains, once, of the keys that a scenario with nodes needs. */
void rh_load_missing_network(struct rh_loader *loader, const char *hint);

#endif
