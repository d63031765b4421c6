/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the log, and the steps from each version to the next. */
#ifndef VIGIE_LOGBOOK_SCHEMA_H
#define VIGIE_LOGBOOK_SCHEMA_H

#include "store/store.h"

extern const struct store_form logbook_form;

#define VERSION_SEALS 2		/* the first that has seals */

#endif
