/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/canonical.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *load(struct span json, size_t flags)
{
	json_error_t error;
	json_t *value = json_loadb((const char *)json.p, json.n, flags | JSON_ALLOW_NUL, &error);
	if (value && !json_is_object(value)) {
		json_decref(value);
		value = NULL;
	}
	return value;
}

int json_canonical(struct span json, struct buf *out)
{
	json_t *value = load(json, JSON_REJECT_DUPLICATES);
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (text)
		buf_str(out, text);
	free(text);
	json_decref(value);
	return text ? 0 : -1;
}

bool json_sound(struct span json)
{
	json_t *value = load(json, 0);
	json_decref(value);
	return value != NULL;
}
