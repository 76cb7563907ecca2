/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timed FILE PROGRAM ARG...: runs it; FILE gets "STATUS CPU_SECONDS RESIDENT_KIB". It is a small
 * program so that the memory of whoever starts the measurement is not counted.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "net.h"

static pid_t child;

static void pass_on(int sig)
{
	kill(child, sig);
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	FILE *out;

	if (argc < 3)
		return 2;
	child = fork();
	if (!child) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	signal(SIGTERM, pass_on);
	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			err(1, "wait4");
	if (!(out = fopen(argv[1], "w")))
		err(1, "%s", argv[1]);
	fprintf(out, "%d %.6f %ld\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		(double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
		usage.ru_maxrss);
	return 0;
}
