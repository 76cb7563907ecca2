/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repeat [-i FILE] [-k WHERE] COUNT PROGRAM ARG...
 *
 * Runs it so often, one after the other, its output dropped, and prints the median, the least
 * and the greatest time of one run in microseconds, and the mean CPU time. -i: its stdin.
 * -k: it listens on WHERE; we knock until it answers, say a line, and read to the end.
 */
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "net.h"

extern char **environ;

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void knock(const char *where)
{
	struct sockaddr_storage address;
	socklen_t len = net_address(where, &address);
	char buf[256];
	int fd;

	for (int tries = 0; tries < 100000; tries++) {
		fd = socket(address.ss_family, SOCK_STREAM, 0);
		if (!connect(fd, (struct sockaddr *)&address, len)) {
			write_all(fd, "hello\n", 6);
			shutdown(fd, SHUT_WR);
			while (read(fd, buf, sizeof(buf)) > 0)
				;
			close(fd);
			return;
		}
		close(fd);
		usleep(20);
	}
	errx(1, "nobody listens on %s", where);
}

static double run(char **argv, const char *input, const char *where)
{
	posix_spawn_file_actions_t actions;
	double begin;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	begin = now();
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ))
		errx(1, "cannot run %s", argv[0]);
	if (where)
		knock(where);
	waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&actions);
	return (now() - begin) * 1e6;
}

int main(int argc, char **argv)
{
	const char *input = "/dev/null", *where = NULL;
	struct rusage usage;
	double *times;
	int c, count;

	while ((c = getopt(argc, argv, "+i:k:")) != -1) {
		if (c == 'i')
			input = optarg;
		else if (c == 'k')
			where = optarg;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	count = atoi(argv[optind]);
	times = calloc((size_t)count, sizeof(*times));
	for (int i = 0; i < count; i++)
		times[i] = run(argv + optind + 1, input, where);
	getrusage(RUSAGE_CHILDREN, &usage);
	qsort(times, (size_t)count, sizeof(*times), compare);
	printf("%.1f %.1f %.1f %.1f\n", times[count / 2], times[0], times[count - 1],
		((double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
			(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)) /
			count);
	return 0;
}
