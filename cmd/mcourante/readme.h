/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes with a folder that is given away: how to read it, and how to
 * prove it without vigie.  Lines with four blanks in front are commands. */
#ifndef VIGIE_MCOURANTE_README_H
#define VIGIE_MCOURANTE_README_H

extern const char readme_english[], readme_french[];

#endif
