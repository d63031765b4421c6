/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event codes and what they mean: one table for each event language,
 * compiled in from sia_codes.def (SIA DC-03), cid_codes.def (SIA DC-05),
 * vds_codes.def (VdS 2465) and scaip_codes.def (SCAIP).
 * Rows are constants; nothing here is owned by the caller. */
#ifndef VIGIE_EVENT_CODE_H
#define VIGIE_EVENT_CODE_H

#include "text/text.h"
#include "util/span.h"

/* What the number behind the code stands for. */
enum concern { ON_NONE, ON_ZONE, ON_USER, ON_AREA, ON_DEVICE, ON_OTHER };

struct code {
	const char *code;
	enum concern concern;
	const char *kind;		/* the vocabulary, when it is new (E) */
	const char *kind_restored;	/* when it is restored (R); "" when the format has no qualifier */
	const char *category;
	int severity;			/* 0 information to 4 life safety */
	const char *restores;		/* SIA: the codes it ends, "BA,BT"; CID: its SIA pair, "BA/BH" */
	const char *label[2];		/* by enum language */
};

struct code_table {
	const char *format;		/* "sia", "cid", "vds", "scaip" */
	const struct code *code;
	unsigned n;
};

extern const struct code_table sia_codes, cid_codes, vds_codes, scaip_codes;

/* NULL when the code is in no row.  SIA: two letters, any case; CID: three digits;
 * VdS: two hexadecimal digits, any case; SCAIP: four digits. */
const struct code *code_sia(struct span code);
const struct code *code_cid(struct span code);
const struct code *code_vds(struct span code);
const struct code *code_scaip(struct span code);

/* By the "format" and "code" of a record. */
const struct code *code_find(struct span format, struct span code);

#endif
