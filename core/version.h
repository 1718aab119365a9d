/*
 * version.h - the version that the program, its reports and its traces name.
 */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#define RH_VERSION "0.1.0"

#endif
