/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/symptom.h"

#include "text/text.h"

static const struct {
	const char *word, *meaning;
	enum check_state state;
} table[] = {
#define SYMPTOM(name, word, state, meaning) [SY_##name] = { word, meaning, CHECK_##state },
#include "link/symptoms.def"
#undef SYMPTOM
};

const char *symptom_word(enum symptom s)
{
	return table[s].word;
}

const char *symptom_meaning(enum symptom s)
{
	return table[s].meaning;
}

enum check_state symptom_state(enum symptom s)
{
	return table[s].state;
}
