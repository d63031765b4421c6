/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be wrong with a receiver's line, or be said of it. */
#ifndef VIGIE_LINK_SYMPTOM_H
#define VIGIE_LINK_SYMPTOM_H

#include "event/check.h"

enum symptom {
#define SYMPTOM(name, word, state, meaning) SY_##name,
#include "link/symptoms.def"
#undef SYMPTOM
	SYMPTOMS
};

const char *symptom_word(enum symptom s);	/* "too-slow": English, in records */
const char *symptom_meaning(enum symptom s);	/* for _() */
enum check_state symptom_state(enum symptom s);

#endif
