# SPDX-License-Identifier: GPL-3.0-or-later

# NP_COMPILE_FLAGS(VARIABLE, FLAGS)
# Adds to VARIABLE each of FLAGS that the compiler takes without a warning. A flag that is quoted
# with "" may have several words. The trial includes a header, because some flags are questions to
# the C library.
AC_DEFUN([NP_COMPILE_FLAGS], [
	for np_flag in m4_normalize([$2]); do
		AC_MSG_CHECKING([whether $CC takes $np_flag])
		np_save=$CFLAGS
		CFLAGS="$CFLAGS -Werror $np_flag"
		AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
			#include <string.h>
			int np_trial(const char *text);
			int np_trial(const char *text)
			{
				return (int)strlen(text);
			}]])],
			[AC_MSG_RESULT([yes])
			$1="$$1 $np_flag"],
			[AC_MSG_RESULT([no])])
		CFLAGS=$np_save
	done
])

# NP_LINK_FLAGS(VARIABLE, FLAGS)
# The same for flags of the linker.
AC_DEFUN([NP_LINK_FLAGS], [
	for np_flag in m4_normalize([$2]); do
		AC_MSG_CHECKING([whether $CC links with $np_flag])
		np_save=$LDFLAGS
		LDFLAGS="$LDFLAGS $np_flag"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[AC_MSG_RESULT([yes])
			$1="$$1 $np_flag"],
			[AC_MSG_RESULT([no])])
		LDFLAGS=$np_save
	done
])
