/*
 * markup.h - text into HTML and XML: whatever was in it, it stays text.
 */
#ifndef CORE_REPORT_MARKUP_H
#define CORE_REPORT_MARKUP_H

#include "core/base/buf.h"

/* Escapes & < > " and '; leaves out what XML does not allow (control characters, broken UTF-8,
 * the two last code points of the first plane). */
void rh_markup_put(struct rh_buf *out, const char *text, size_t len);
void rh_markup_text(struct rh_buf *out, const char *text);

#endif
