/* Older headers lack these. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

/* ------------------------------------------------------------------ what the scenario is written with
 *
 *     CALL(A, fd = open(...));      process A makes a call and keeps its result
 *     LOAD(A, x = p[0]);            A loads a byte, and may keep it
 *     STORE(A, p[0] = 'X');         A stores a byte
 *     READ(A, pread(fd, buffer, 8, 0));
 *     FORK(A, B);                   A makes B, a copy of itself
 *     EXIT(A);
 *
 * Each of these is one step. In every process but the one named it does nothing. A signal that an access
 * raises is caught and recorded; then the process ends, or goes on if the scenario says so.
 */

typedef unsigned char byte;

enum kind { A_CALL, A_LOAD, A_STORE, SOME_BYTES, SOME_PAGES, A_FORK, AN_EXIT };
enum { SHOWN = 32, BUFFER = 1 << 18 };

struct report {
    long value, bytes, sum, minor, major;
    int error, signal, code;
    void *address;
    byte first[SHOWN];
};

static struct report report; /* what the step came to */
static sigjmp_buf trap;      /* where a caught signal leads back to */
static byte buffer[BUFFER];

#define HELPER static __attribute__((unused))

static int begin(int who, enum kind kind, const char *text);
static void end(enum kind kind);
HELPER void fork_step(int who, int child, const char *text);
HELPER void exit_step(int who);
HELPER void kernel_did(int result, const char *text);

#define STEP(who, kind, code, text)             \
    do {                                        \
        if (begin(who, kind, text)) {           \
            if (sigsetjmp(trap, 1) == 0)        \
                report.value = (long)(code);    \
            end(kind);                          \
        }                                       \
    } while (0)

#define CALL(who, ...) STEP(who, A_CALL, (__VA_ARGS__), #__VA_ARGS__)
#define LOAD(who, ...) STEP(who, A_LOAD, (__VA_ARGS__), #__VA_ARGS__)
#define STORE(who, ...) STEP(who, A_STORE, (__VA_ARGS__), #__VA_ARGS__)
#define READ(who, ...) STEP(who, SOME_BYTES, (__VA_ARGS__), #__VA_ARGS__)
#define LOAD_RANGE(who, ...) STEP(who, SOME_BYTES, (__VA_ARGS__), #__VA_ARGS__)
#define RESIDENT(who, code, len) STEP(who, SOME_PAGES, (code) == 0 ? ((len) + PAGE - 1) / PAGE : -1, #code)
#define FORK(who, child) fork_step(who, child, #child " = fork()")
#define EXIT(who) exit_step(who)
#define KERNEL_STEP(...)                                \
    do {                                                \
        if (begin(KERNEL, A_CALL, #__VA_ARGS__))        \
            kernel_did((__VA_ARGS__), #__VA_ARGS__);    \
    } while (0)

/* EACH(i, 7, 0, 1) { ... } goes through the numbers. */
#define EACH(i, ...)                                                                          \
    for (long i##_all[] = { __VA_ARGS__ }, i##_at = 0, i;                                     \
         i##_at < (long)(sizeof i##_all / sizeof *i##_all) && (i = i##_all[i##_at], 1); i##_at++)

/* An address of the scenario's, as a place in a part of the address space that nothing else uses. */
#define ARENA (1UL << 44)
HELPER long scaled(long bytes);
#define at(address) ((byte *)(ARENA + ((unsigned long)scaled(address) & (ARENA / 2 - 1))))

/* Where the scenario leaves the choice: each mapping gets a place of its own, with room around it, so that
 * what lies beside it is nothing by chance. (NULL would do, and put it beside the program's own libraries.) */
#define ANYWHERE somewhere()
HELPER byte *somewhere(void);

/* Bytes from memory to the buffer, and from data to memory; an offset that is known only now; and others. */
HELPER long load(const byte *from, long n);
HELPER long store(byte *to, const void *data, long n);
HELPER byte *fill(int value, long n);
HELPER long within(long offset);
HELPER long at_most(long n, long most);
HELPER long advise(int fd, long from, long n, int advice);
HELPER char *shm(const char *name);
HELPER int drop_caches(const char *name);
HELPER int write_back(void);
HELPER void written(const char *name);

enum backing { A_FILE, SHARED_MEMORY };
enum start { COLD, CACHED };
HELPER void make_file(const char *name, long size, enum backing backing, int (*byte_at)(long), enum start start);

