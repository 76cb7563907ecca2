/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"

enum { READ_CHUNK = 64 * 1024 };

enum { EXCL_CODING = 1u << 11 };

const struct opt data_opts[] = {
	{ .ch = 'e',
		.name = "escapes",
		.also = "--escape --interpret",
		.type = OPT_FLAG,
		.off = OPT_AT(struct data_cfg, escapes, bool),
		.excl = EXCL_CODING,
		.everyday = true,
		.help = "decode \\r \\n \\t \\0 \\a \\e \\xHH \\u{...} \\\\ in DATA" },
	{ .name = "hex",
		.also = "--binary",
		.type = OPT_FLAG,
		.off = OPT_AT(struct data_cfg, hex, bool),
		.excl = EXCL_CODING,
		.everyday = true,
		.help = "take DATA as bytes in hexadecimal" },
	{ 0 },
};

static int read_all(int fd, const char *name, struct buf *out, struct err *err)
{
	ssize_t got;

	do {
		got = read(fd, buf_reserve(out, READ_CHUNK), READ_CHUNK);
		if (got > 0)
			out->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got == 0 ? 0 : err_set_errno(err, ERR_LOCAL, errno, "cannot read %s", name);
}

static int add_file(const char *path, struct buf *out, struct err *err)
{
	int fd, result;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "stdin", out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, errno, "cannot open %s", path);
	result = read_all(fd, path, out, err);
	close(fd);
	return result;
}

static bool is_file(const char *word)
{
	return word[0] == '@' && word[1] != '@';
}

/* The text of a word that is not a file. */
static const char *text_of(const char *word)
{
	return word[0] == '@' ? word + 1 : word;
}

int data_value(const char *word, struct buf *out, struct err *err)
{
	if (is_file(word))
		return add_file(word + 1, out, err);
	buf_add_text(out, text_of(word));
	return 0;
}

static int refuse(const char *what, const char *bad, struct err *err)
{
	char *shown = escape_text(bad, strlen(bad), 0);

	err_set(err, ERR_USAGE, "DATA is not %s: '%s'", what, shown);
	free(shown);
	return -1;
}

/* *no_eol: a \c ended the word. */
static int add_word(const struct data_cfg *cfg, const char *word, bool *no_eol, struct buf *out,
	struct err *err)
{
	const char *text = text_of(word), *bad;

	*no_eol = is_file(word);
	if (is_file(word))
		return add_file(word + 1, out, err);
	if (cfg->hex && escape_decode_hex(text, out, &bad) < 0)
		return refuse("hexadecimal", bad, err);
	if (cfg->escapes && escape_decode(text, strlen(text), out, no_eol, &bad) < 0)
		return refuse("a known escape", bad, err);
	if (!cfg->hex && !cfg->escapes)
		buf_add_text(out, text);
	return 0;
}

static void tell(struct event_sink *sink, const char *text, const char *hint)
{
	event_emit(sink, EVENT_WARN, 0, EVENT_T("text", text), EVENT_T("hint", hint));
}

static bool has_escape(const char *word)
{
	size_t len = strlen(word);

	return strstr(word, "\\r") || (len >= 2 && strcmp(word + len - 2, "\\n") == 0);
}

static void hint_escape(char *const *words, int count, struct event_sink *sink)
{
	for (int i = 0; i < count; i++) {
		if (is_file(words[i]) || !has_escape(words[i]))
			continue;
		tell(sink, "DATA has escapes in it, which are sent as they are written",
			"-e decodes them");
		return;
	}
}

static void hint_file(char *const *words, int count, struct event_sink *sink)
{
	for (int i = 0; i < count; i++) {
		struct stat st;
		char *shown, *text, *hint;

		if (words[i][0] == '@' || stat(words[i], &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		shown = escape_text(words[i], strlen(words[i]), 0);
		text = x_asprintf("'%s' is a file; its name is sent, not what is in it", shown);
		hint = x_asprintf("@%s stands for what is in it", shown);
		tell(sink, text, hint);
		free(hint);
		free(text);
		free(shown);
		return;
	}
}

static void convert(const struct buf *in, const char *line_end, struct buf *out)
{
	const char *at = in->data, *end = in->data + in->len, *lf;

	for (; at < end && (lf = memchr(at, '\n', (size_t)(end - at))); at = lf + 1) {
		buf_add(out, at, (size_t)(lf - at));
		buf_add_text(out, lf > in->data && lf[-1] == '\r' ? "\n" : line_end);
	}
	buf_add(out, at, (size_t)(end - at));
}

int data_build(const struct data_cfg *cfg, char *const *words, int count, const char *line_end,
	struct event_sink *sink, struct buf *out, struct err *err)
{
	struct buf raw = { 0 };
	bool no_eol = false;
	int result = 0;

	if (cfg->hex && line_end)
		return err_set(err, ERR_USAGE, "--hex says every byte: no --eol or -C with it");
	for (int i = 0; i < count && result == 0; i++) {
		if (i > 0 && !cfg->hex)
			buf_add_char(&raw, ' ');
		result = add_word(cfg, words[i], &no_eol, &raw, err);
	}
	if (result == 0 && line_end) {
		convert(&raw, line_end, out);
		if (!no_eol)
			buf_add_text(out, line_end);
	} else if (result == 0) {
		buf_add(out, raw.data, raw.len);
	}
	buf_clear(&raw);
	if (result == 0 && !cfg->escapes && !cfg->hex)
		hint_escape(words, count, sink);
	if (result == 0 && !cfg->hex)
		hint_file(words, count, sink);
	return result;
}
