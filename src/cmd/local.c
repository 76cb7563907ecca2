/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stdfd.h"
#include "io/fdlink.h"

#define AT(MEMBER, TYPE) OPT_AT(struct local_cfg, MEMBER, TYPE)

const struct opt local_opts[] = {
	{ .name = "input",
		.also = "--in --infile",
		.arg = "FILE",
		.type = OPT_STR,
		.off = AT(input, const char *),
		.hint = OPT_HINT_FILE,
		.everyday = true,
		.help = "read FILE instead of stdin" },
	{ .name = "output",
		.also = "-o --out --outfile",
		.arg = "FILE",
		.type = OPT_STR,
		.off = AT(output, const char *),
		.hint = OPT_HINT_FILE,
		.everyday = true,
		.help = "write FILE instead of stdout; there when all went well" },
	{ .name = "append",
		.also = "--append-output",
		.type = OPT_FLAG,
		.off = AT(append, bool),
		.excl = 1u << 8,
		.help = "write behind what --output FILE holds already" },
	{ .name = "overwrite",
		.also = "-f --force --clobber",
		.type = OPT_FLAG,
		.off = AT(overwrite, bool),
		.excl = 1u << 8,
		.help = "let --output replace a file that exists" },
	{ .name = "raw",
		.also = "--no-escape",
		.type = OPT_FLAG,
		.off = AT(raw, bool),
		.help = "give foreign bytes to a terminal as they are" },
	{ 0 },
};

/* --- input -------------------------------------------------------------------------------- */

static bool is_null_device(int fd)
{
	struct stat st, null;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && stat("/dev/null", &null) == 0 &&
	       st.st_rdev == null.st_rdev;
}

/* Opening a FIFO waits for its writer, as the shell's '<' does; from then on nothing may wait. */
static int open_waiting(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static int open_input(const char *path, struct err *err)
{
	struct stat st;
	int fd = open_waiting(path, O_RDONLY);

	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, errno, "cannot open input %s", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set_errno(err, ERR_LOCAL, EISDIR, "cannot read input %s", path);
	}
	return fd;
}

static int open_stdin(struct err *err)
{
	int fd = stdfd_open(STDIN_FILENO, false);

	return fd >= 0 ? fd : err_set_errno(err, ERR_LOCAL, errno, "cannot use stdin");
}

/* --- output ------------------------------------------------------------------------------- */

static int open_part(struct local *local, const char *path, struct err *err)
{
	int fd;

	local->part = x_asprintf("%s.part", path);
	fd = open(local->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, errno, "cannot write %s", local->part);
	local->output = path;
	return fd;
}

static int open_directly(const char *path, int flags, struct err *err)
{
	int fd = open_waiting(path, O_WRONLY | flags);

	return fd >= 0 ? fd : err_set_errno(err, ERR_LOCAL, errno, "cannot open output %s", path);
}

static int open_output(const struct local_cfg *cfg, struct local *local, struct err *err)
{
	struct stat st;

	if (cfg->append)
		return open_directly(cfg->output, O_CREAT | O_APPEND, err);
	if (stat(cfg->output, &st) < 0 || S_ISREG(st.st_mode)) {
		local->overwrite = cfg->overwrite;
		/* A name that leads nowhere is in the way of renaming too. */
		if (cfg->overwrite || lstat(cfg->output, &st) < 0)
			return open_part(local, cfg->output, err);
		err_set_errno(err, ERR_LOCAL, EEXIST, "cannot write %s", cfg->output);
		err_set_hint(err, "--overwrite replaces it");
		return -1;
	}
	return open_directly(cfg->output, 0, err);
}

static int open_stdout(struct err *err)
{
	int fd;

	if (stdfd_was_closed(STDOUT_FILENO))
		return err_set_errno(err, ERR_LOCAL, EBADF, "cannot write to stdout");
	fd = stdfd_open(STDOUT_FILENO, true);
	if (fd >= 0)
		return fd;
	if (errno == ENXIO) { /* the reader has gone already, which ends us quietly */
		err->kind = ERR_LOCAL;
		return -1;
	}
	return err_set_errno(err, ERR_LOCAL, errno, "cannot use stdout");
}

/* --- both --------------------------------------------------------------------------------- */

static bool is_file(const char *word)
{
	return word && strcmp(word, "-") != 0;
}

static int open_reading(const struct local_cfg *cfg, struct local *local, struct err *err)
{
	if (is_file(cfg->input))
		return open_input(cfg->input, err);
	local->in_absent =
		!cfg->input && (stdfd_was_closed(STDIN_FILENO) || is_null_device(STDIN_FILENO));
	local->in_terminal = isatty(STDIN_FILENO);
	return open_stdin(err);
}

static int open_writing(const struct local_cfg *cfg, struct local *local, struct err *err)
{
	if (is_file(cfg->output))
		return open_output(cfg, local, err);
	local->out_terminal = isatty(STDOUT_FILENO);
	return open_stdout(err);
}

static int check(const struct local_cfg *cfg, unsigned want, struct err *err)
{
	if ((cfg->append || cfg->overwrite) && !is_file(cfg->output))
		return err_set(err, ERR_USAGE, "--%s needs --output FILE",
			cfg->append ? "append" : "overwrite");
	if (cfg->input && !(want & LOCAL_INPUT))
		return err_set(err, ERR_USAGE, "--input: nothing is read here");
	if (cfg->output && !(want & LOCAL_OUTPUT))
		return err_set(err, ERR_USAGE, "--output: nothing is written here");
	return 0;
}

int local_open(const struct local_cfg *cfg, unsigned want, struct local *local, struct err *err)
{
	int in = -1, out = -1;

	*local = (struct local){ .link = NULL };
	if (check(cfg, want, err) < 0)
		return -1;
	if ((want & LOCAL_INPUT) && (in = open_reading(cfg, local, err)) < 0)
		return -1;
	if ((want & LOCAL_OUTPUT) && (out = open_writing(cfg, local, err)) < 0) {
		if (in >= 0)
			close(in);
		local_finish(local, err);
		return -1;
	}
	local->link = fdlink_new_pair(in, is_file(cfg->input) ? cfg->input : "stdin", out,
		local->part	       ? local->part
		: is_file(cfg->output) ? cfg->output
				       : "stdout",
		out >= 0 && !is_file(cfg->output) ? STDOUT_FILENO : -1);
	return 0;
}

void local_drop_input(struct local *local)
{
	if (local->link->rfd >= 0)
		close(local->link->rfd);
	local->link->rfd = -1;
}

struct filter *local_new_filter(const struct local_cfg *cfg, const struct local *local)
{
	return local->out_terminal && !cfg->raw ? filter_new_escape() : NULL;
}

/* Without --overwrite a file that has appeared meanwhile is not replaced either. */
static int move_part(const struct local *local)
{
	if (local->overwrite)
		return rename(local->part, local->output);
	if (renameat2(AT_FDCWD, local->part, AT_FDCWD, local->output, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* Some file systems cannot do that; link refuses an existing name too. */
	return link(local->part, local->output) == 0 ? unlink(local->part) : -1;
}

/* What failed before anything came leaves nothing behind. */
static bool is_empty(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size == 0;
}

static void settle_part(struct local *local, struct err *err)
{
	if (err->kind == ERR_NONE && move_part(local) < 0)
		err_set_errno(err, ERR_LOCAL, errno, "cannot rename %s to %s", local->part,
			local->output);
	if (err->kind == ERR_NONE)
		return;
	if (is_empty(local->part))
		unlink(local->part);
	else
		err_set_hint(err, "what came is in %s", local->part);
}

void local_finish(struct local *local, struct err *err)
{
	link_free(local->link);
	local->link = NULL;
	if (local->part && local->output)
		settle_part(local, err);
	free(local->part);
	local->part = NULL;
}
