/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/stdfd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A signal handler has to reach these, so they are file-scope. */
static bool was_closed[3];
static int saved_flags[3] = { -1, -1, -1 };
static struct rlimit saved_limit;
static bool limit_raised;
static struct sigaction saved_sigpipe;

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

void stdfd_init(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		was_closed[fd] = true;
		/* The lowest free descriptor is fd itself, as those below are open. */
		if (open("/dev/null", O_RDWR) != fd)
			_exit(9);
	}
	sigaction(SIGPIPE, &ignore, &saved_sigpipe);
}

bool stdfd_was_closed(int fd)
{
	return fd >= 0 && fd < 3 && was_closed[fd];
}

static void die_restored(int signum)
{
	stdfd_restore();
	signal(signum, SIG_DFL);
	raise(signum);
}

/* Flags of a description that others share: remembered, and given back even in a crash. */
static int set_nonblock(int fd)
{
	struct sigaction crash = { .sa_handler = die_restored };
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	if (flags & O_NONBLOCK)
		return 0;
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		sigaction(fatal_signals[i], &crash, NULL);
	saved_flags[fd] = flags;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Regular files and devices such as the null device never make anyone wait, sockets are used
 * with MSG_DONTWAIT: these need no description of their own. */
static bool may_block(int fd, const struct stat *st)
{
	return S_ISFIFO(st->st_mode) || (S_ISCHR(st->st_mode) && isatty(fd));
}

int stdfd_open(int fd, bool writing)
{
	char path[sizeof("/proc/self/fd/") + 12];
	struct stat st;
	int own;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!may_block(fd, &st))
		return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (own >= 0)
		return own;
	if (errno == ENXIO && writing)
		return -1;
	own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (own >= 0 && set_nonblock(fd) < 0) {
		close(own);
		return -1;
	}
	return own;
}

int stdfd_release(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int result = 0;

	if (null < 0)
		return close(fd);
	/* dup2 hides the error of the close it implies, so ask a duplicate for it first. */
	if (close(dup(fd)) < 0)
		result = -1;
	if (saved_flags[fd] >= 0) {
		fcntl(fd, F_SETFL, saved_flags[fd]);
		saved_flags[fd] = -1;
	}
	dup2(null, fd);
	close(null);
	return result;
}

void stdfd_restore(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (saved_flags[fd] >= 0)
			fcntl(fd, F_SETFL, saved_flags[fd]);
}

void stdfd_resume(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (saved_flags[fd] >= 0)
			fcntl(fd, F_SETFL, saved_flags[fd] | O_NONBLOCK);
}

void stdfd_raise_limit(void)
{
	struct rlimit limit;

	if (limit_raised || getrlimit(RLIMIT_NOFILE, &saved_limit) < 0)
		return;
	limit = saved_limit;
	limit.rlim_cur = limit.rlim_max;
	limit_raised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void stdfd_prepare_exec(void)
{
	sigset_t none;

	stdfd_restore();
	if (limit_raised)
		setrlimit(RLIMIT_NOFILE, &saved_limit);
	sigaction(SIGPIPE, &saved_sigpipe, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
