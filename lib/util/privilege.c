/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void privilege_hide(void)
{
	struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

void privilege_guard(void)
{
	privilege_hide();
	prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}

int privilege_become(const char *user)
{
	errno = 0;
	const struct passwd *pw = getpwnam(user);
	if (!pw) {
		if (!errno)
			errno = ENOENT;
		return -1;
	}
	if (initgroups(user, pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0)
		return -1;
	privilege_guard();	/* changing user sets the process dumpable again on some kernels */
	return 0;
}

int privilege_drop(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	return syscall(SYS_capset, &header, none) < 0 ? -1 : 0;
}
