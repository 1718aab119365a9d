/*
 * markup.c - text into HTML and XML.
 */
#include "core/report/markup.h"

#include <string.h>

#include "core/base/jsontext.h"

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void rh_markup_put(struct rh_buf *out, const char *text, size_t len)
{
	size_t at = 0;

	RH_ASSERT(text != NULL || len == 0);
	while (at < len) {
		size_t size = rh_utf8_len(text + at, len - at);
		const char *escape = escape_of(text[at]);
		bool is_control = size == 1 && ((uint8_t)text[at] < 0x20 || text[at] == 0x7F) &&
				  text[at] != '\n' && text[at] != '\t';
		/* U+FFFE and U+FFFF are no characters of XML. */
		bool is_no_character = size == 3 && memcmp(text + at, "\xEF\xBF", 2) == 0 &&
				       (uint8_t)text[at + 2] >= 0xBE;

		if (escape != NULL)
			rh_buf_text(out, escape);
		else if (size == 0)
			rh_buf_text(out, "\xEF\xBF\xBD");
		else if (!is_control && !is_no_character)
			rh_buf_put(out, text + at, size);
		at += size == 0 ? 1 : size;
	}
}

void rh_markup_text(struct rh_buf *out, const char *text)
{
	rh_markup_put(out, text, strlen(text));
}
