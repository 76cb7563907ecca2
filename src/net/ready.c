/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Write and close, which may fail as well. */
static int write_and_close(int fd, const char *text)
{
	int result = write_all(fd, text), errnum = errno;

	if (close(fd) < 0 && result == 0)
		return -1;
	errno = errnum;
	return result;
}

/* A new file beside the old one takes its name only when it is whole. */
static int replace_file(const char *path, const char *text)
{
	char *temp = x_asprintf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC), result, errnum;
	mode_t mask;

	if (fd < 0) {
		errnum = errno;
		free(temp);
		errno = errnum;
		return -1;
	}
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	result = write_and_close(fd, text);
	if (result == 0)
		result = rename(temp, path);
	errnum = errno;
	if (result < 0)
		unlink(temp);
	free(temp);
	errno = errnum;
	return result;
}

static int write_port_file(const char *path, unsigned port)
{
	struct stat st;
	char text[16];
	int fd;

	snprintf(text, sizeof(text), "%u\n", port);
	/* A device or a FIFO is written to, not replaced. */
	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		return replace_file(path, text);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -1 : write_and_close(fd, text);
}

/* Whoever was to read it may be gone; that is its own affair. */
static void tell_ready_fd(int fd, const struct addr *addr)
{
	char host[ADDR_TEXT], *line;

	addr_format_host(addr, host);
	if (addr->any.sa_family == AF_UNIX)
		line = x_asprintf("%s\n", host);
	else
		line = x_asprintf("%s %u\n", host, addr_port(addr));
	write_and_close(fd, line);
	free(line);
}

int ready_announce(const struct bind_cfg *cfg, const struct bind_set *set, struct event_sink *sink,
	struct err *err)
{
	const struct addr *first = &set->socks[0].local;
	char *text = bind_set_text(set);

	event_emit(sink, EVENT_LISTEN, 0, EVENT_T("local", text));
	free(text);
	if (cfg->port_file && write_port_file(cfg->port_file, addr_port(first)) < 0)
		return err_set_errno(
			err, ERR_LOCAL, errno, "cannot write --port-file %s", cfg->port_file);
	if (cfg->ready_fd >= 0)
		tell_ready_fd((int)cfg->ready_fd, first);
	return 0;
}
