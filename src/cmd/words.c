/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/words.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

/* Only a plain file: opening a FIFO would hang the shell. */
static FILE *open_plain(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	return fopen(path, "re");
}

typedef void line_fn(struct words_sink *sink, char *line, const void *arg);

static void each_line(const char *path, struct words_sink *sink, line_fn *fn, const void *arg)
{
	FILE *file = open_plain(path);
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return;
	while (getline(&line, &size, file) >= 0) {
		line[strcspn(line, "#\r\n")] = '\0';
		fn(sink, line, arg);
	}
	free(line);
	fclose(file);
}

/* "127.0.0.1 localhost other" */
static void take_hosts_line(struct words_sink *sink, char *line, const void *arg)
{
	char *rest;
	char *word = strtok_r(line, " \t", &rest);

	(void)arg;
	while (word && (word = strtok_r(NULL, " \t", &rest)))
		sink->take(sink, word, "host");
}

/* "name,192.0.2.7,[name]:2222 ssh-ed25519 ..."; hashed ones begin with '|', markers with '@'. */
static void take_known_line(struct words_sink *sink, char *line, const void *arg)
{
	char *rest;
	char *word;

	(void)arg;
	if (*line == '|' || *line == '@')
		return;
	line[strcspn(line, " \t")] = '\0';
	for (word = strtok_r(line, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (strpbrk(word, "*?!"))
			continue;
		if (*word == '[') {
			word++;
			word[strcspn(word, "]")] = '\0';
		}
		sink->take(sink, word, "known host");
	}
}

void words_hosts(struct words_sink *sink)
{
	const char *home = getenv("HOME");
	char *path;

	each_line("/etc/hosts", sink, take_hosts_line, NULL);
	if (!home)
		return;
	path = x_asprintf("%s/.ssh/known_hosts", home);
	each_line(path, sink, take_known_line, NULL);
	free(path);
}

struct ports_wanted {
	const char *protocol;
	bool numbers;
};

/* "https 443/tcp alias" */
static void take_service_line(struct words_sink *sink, char *line, const void *arg)
{
	const struct ports_wanted *wanted = arg;
	char *rest;
	char *name = strtok_r(line, " \t", &rest);
	char *port = name ? strtok_r(NULL, " \t", &rest) : NULL;
	char *slash = port ? strchr(port, '/') : NULL;

	if (!slash || strcmp(slash + 1, wanted->protocol) != 0)
		return;
	*slash = '\0';
	if (wanted->numbers)
		sink->take(sink, port, name);
	else
		sink->take(sink, name, port);
}

void words_ports(struct words_sink *sink, bool datagram, bool numbers)
{
	struct ports_wanted wanted = { datagram ? "udp" : "tcp", numbers };

	each_line("/etc/services", sink, take_service_line, &wanted);
}

void words_interfaces(struct words_sink *sink)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *one = all; one && one->if_name; one++)
		sink->take(sink, one->if_name, "interface");
	if (all)
		if_freenameindex(all);
}
