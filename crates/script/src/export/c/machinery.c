/* ------------------------------------------------------------------ the machinery
 *
 * What follows makes the scenario above run in lockstep and measures each of its steps. Nothing in it is
 * specific to this scenario.
 *
 *   - The conductor (the process that main() starts in) goes through scenario() too. At each step it tells
 *     the process concerned to go, through that process's pipe, waits for the report, and prints a line.
 *     A process is forked from the conductor at its first step, so it has nothing open or mapped.
 *   - A process counts the faults of a step with two getrusage() calls around it. So that no other fault
 *     falls between them, it first populates all memory that is the program's own.
 *   - A kernel reads ahead of what is asked, and maps neighbours of the page that was touched. Both depend
 *     on the disk and on the system's settings, so both are turned off for the scenario's files.
 */

enum { CONDUCTOR = -1, STACK_USED = 1 << 17, HIGH = 200 /* descriptors of the machinery's own */ };

static int me = CONDUCTOR;                    /* which process of the scenario this one is */
static int go[PROCESSES + 1][2], reports[2];  /* pipes: "take your step", and what it came to */
static int lives[PROCESSES + 1];              /* for the conductor: 0 not yet, 1 it does, 2 no more */
static int pidfd[PROCESSES + 1];              /* for the conductor: tells when a process is gone */
static long step_number;
static struct rusage before, after;
static volatile sig_atomic_t armed;
static char text_of_maps[1 << 17];
static pid_t conductor;

static void die(const char *what)
{
    perror(what);
    _exit(99);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (!armed)
        _exit(98); /* a mistake of the machinery, not of a step */
    report.signal = number;
    report.code = info->si_code;
    report.address = info->si_addr;
    siglongjmp(trap, 1);
}

/* -- the program's own memory */

static struct { uintptr_t from, to; int writable; } own[64];
static int owned;

static void each_mapping(void (*visit)(uintptr_t from, uintptr_t to, const char *rights, const char *line))
{
    size_t length = 0;
    ssize_t n;
    int maps = open("/proc/self/maps", O_RDONLY);

    while (maps >= 0 && length < sizeof text_of_maps - 1 &&
           (n = read(maps, text_of_maps + length, sizeof text_of_maps - 1 - length)) > 0)
        length += (size_t)n;
    close(maps);
    text_of_maps[length] = 0;
    for (char *line = text_of_maps, *end; (end = strchr(line, '\n')); line = end + 1) {
        unsigned long from, to;
        char rights[8];
        *end = 0;
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3)
            visit(from, to, rights, line);
    }
}

static void note_own(uintptr_t from, uintptr_t to, const char *rights, const char *line)
{
    if (owned < 64 && rights[0] == 'r' && !strstr(line, "[v")) {
        own[owned].from = from;
        own[owned].to = to;
        own[owned++].writable = rights[1] == 'w';
    }
}

static void populate_own(void)
{
    for (int i = 0; i < owned; i++)
        madvise((void *)own[i].from, own[i].to - own[i].from,
                own[i].writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
}

/* The stack is made as large as it will be, so that it is populated like the rest. */
static void __attribute__((noinline)) stretch_stack(void)
{
    volatile char room[STACK_USED];
    for (size_t i = 0; i < sizeof room; i += 512)
        room[i] = 1;
}

/* -- no read-ahead, no fault-around */

static int uffd = -1, uffd_refused;

/* A mapping registered with userfaultfd for asynchronous write-protection, which is then never used, is
 * faulted in page by page. (Shared memory is left out: there it would change the first store.) */
static int page_by_page(uintptr_t from, uintptr_t to)
{
    struct uffdio_register all = { .range = { from, to - from }, .mode = UFFDIO_REGISTER_MODE_WP };
    struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_WP_ASYNC };

    if (uffd < 0 && !uffd_refused) {
        int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
        if (fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0)
            uffd = fcntl(fd, F_DUPFD_CLOEXEC, HIGH);
        else
            uffd_refused = 1;
        if (fd >= 0)
            close(fd);
    }
    return uffd >= 0 && ioctl(uffd, UFFDIO_REGISTER, &all) == 0;
}

static int of_the_scenario(uintptr_t at)
{
    return at >= ARENA && at < 2 * ARENA;
}

static void calm(uintptr_t from, uintptr_t to, const char *rights, const char *line)
{
    int of_file = strchr(line, '/') != NULL, of_memory = strstr(line, "/dev/shm/") || strstr(line, "/dev/zero");

    if (!of_the_scenario(from) || !of_file)
        return;
    madvise((void *)from, to - from, MADV_RANDOM); /* no read-ahead */
    if (to - from <= PAGE || ((!of_memory || rights[3] == 'p') && page_by_page(from, to)))
        return;
    /* The other way: neighbours are mapped only within one mapping, so cut it into pages by an advice that
     * means nothing here, given to every other page. */
    for (uintptr_t at = from; at < to; at += 2 * PAGE)
        madvise((void *)at, PAGE, MADV_DONTDUMP);
}

static void join(uintptr_t from, uintptr_t to, const char *rights, const char *line)
{
    (void)rights;
    if (of_the_scenario(from) && strchr(line, '/'))
        madvise((void *)from, to - from, MADV_DODUMP);
}

static void settle(void)
{
    for (int fd = 3; fd < HIGH; fd++)
        posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    each_mapping(calm);
}

/* -- the parts of a step */

static void send_report(void)
{
    if (write(reports[1], &report, sizeof report) != sizeof report)
        die("report");
}

/* This process becomes one of the scenario. */
static void become(int who)
{
    for (int i = 0; i < PROCESSES; i++) {
        if (me == CONDUCTOR)
            close(go[i][1]);
    }
    if (uffd >= 0)
        close(uffd);
    uffd = -1;
    me = who;
}

static const char *signal_name(int number)
{
    return number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : "another signal";
}

static const char *code_name(int number, int code)
{
    if (number == SIGSEGV)
        return code == SEGV_MAPERR ? "SEGV_MAPERR" : code == SEGV_ACCERR ? "SEGV_ACCERR" : "another code";
    return code == BUS_ADRERR ? "BUS_ADRERR" : code == BUS_ADRALN ? "BUS_ADRALN" : "another code";
}

static const char *error_name(int number)
{
#define NAME(error) { error, #error }
    static const struct { int number; const char *name; } errors[] = {
        NAME(EACCES), NAME(EAGAIN), NAME(EBADF), NAME(EBUSY), NAME(EEXIST), NAME(EFAULT), NAME(EFBIG),
        NAME(EINTR), NAME(EINVAL), NAME(EIO), NAME(EISDIR), NAME(EMFILE), NAME(ENFILE), NAME(ENODEV),
        NAME(ENOENT), NAME(ENOMEM), NAME(ENOSPC), NAME(ENOSYS), NAME(ENXIO), NAME(EOPNOTSUPP), NAME(EOVERFLOW),
        NAME(EPERM), NAME(EROFS), NAME(ESPIPE), NAME(ESRCH), NAME(ETXTBSY),
    };
#undef NAME
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].number == number)
            return errors[i].name;
    }
    return "another error";
}

static const char *process_name(int who)
{
    return who == KERNEL ? "kernel" : process_names[who];
}

static void print_outcome(enum kind kind, char *to, size_t room)
{
    int n;

    if (report.signal) {
        snprintf(to, room, "%s %s at %p", signal_name(report.signal), code_name(report.signal, report.code),
                 report.address);
    } else if (report.value == -1 && report.error) {
        snprintf(to, room, "%s", error_name(report.error));
    } else if (kind == A_LOAD) {
        n = snprintf(to, room, "value %ld", report.value);
        if (report.value > 32 && report.value < 127)
            snprintf(to + n, room - (size_t)n, " '%c'", (int)report.value);
    } else if (kind == A_STORE || kind == AN_EXIT) {
        snprintf(to, room, "ok");
    } else if (kind == SOME_BYTES || kind == SOME_PAGES) {
        n = snprintf(to, room, "%s %ld sum %ld:", kind == SOME_BYTES ? "bytes" : "pages", report.bytes, report.sum);
        for (long i = 0; i < report.bytes && i < SHOWN; i++)
            n += snprintf(to + n, room - (size_t)n, kind == SOME_BYTES ? " %02x" : " %d", report.first[i]);
    } else if (report.value > 1L << 40) {
        snprintf(to, room, "address 0x%lx", report.value);
    } else {
        snprintf(to, room, "returns %ld", report.value);
    }
}

static void print_step(int who, enum kind kind, const char *text)
{
    char outcome[256], faults[64] = "    - |     -";

    print_outcome(kind, outcome, sizeof outcome);
    if (who != KERNEL && kind != A_FORK && kind != AN_EXIT)
        snprintf(faults, sizeof faults, "%5ld | %5ld", report.minor, report.major);
    printf("%4ld | %-7s | %-40s | %s | %s\n", step_number, process_name(who), outcome, faults, text);
}

/* A descriptor that becomes readable when nothing is left of the process. */
static int watch(pid_t pid)
{
    int low = (int)syscall(SYS_pidfd_open, pid, 0), fd = fcntl(low, F_DUPFD_CLOEXEC, HIGH);

    close(low);
    return fd;
}

static void await_death(int who)
{
    struct pollfd end = { .fd = pidfd[who], .events = POLLIN };

    while (pidfd[who] >= 0 && poll(&end, 1, -1) < 0 && errno == EINTR)
        ;
    lives[who] = 2;
}

/* The conductor's part: starts the process if need be, lets it take the step, and prints what it came to. Gives 1
 * to the process that has just been started, and 0 to the conductor. */
static int conduct(int who, enum kind kind, const char *text)
{
    struct pollfd either[2] = { { .fd = reports[0], .events = POLLIN } };

    memset(&report, 0, sizeof report);
    if (lives[who] == 0) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            become(who);
            return 1;
        }
        lives[who] = 1;
        pidfd[who] = watch(pid);
    }
    if (lives[who] == 2) {
        report.value = -1;
        report.error = ESRCH;
        print_step(who, kind, text);
        return 0;
    }
    if (write(go[who][1], "", 1) != 1)
        die("go");
    either[1] = (struct pollfd){ .fd = pidfd[who], .events = POLLIN };
    while (poll(either, 2, -1) < 0 && errno == EINTR)
        ;
    if (!(either[0].revents & POLLIN)) {
        printf("%4ld | %-7s | died | - | - | %s\n", step_number, process_name(who), text);
        lives[who] = 2;
        return 0;
    }
    if (read(reports[0], &report, sizeof report) != sizeof report)
        die("report");
    print_step(who, kind, text);
    if (kind == AN_EXIT || (report.signal && SIGNALS_KILL))
        await_death(who);
    return 0;
}

/* Begins a step; gives 1 in the process that is to take it. */
static int begin(int who, enum kind kind, const char *text)
{
    char token;

    step_number++;
    if (who == KERNEL) {
        memset(&report, 0, sizeof report);
        return me == CONDUCTOR;
    }
    if (me == CONDUCTOR) {
        if (!conduct(who, kind, text))
            return 0;
    } else if (me != who) {
        return 0;
    }
    if (read(go[me][0], &token, 1) != 1)
        _exit(0); /* the conductor is gone */
    if (strstr(text, "mremap("))
        each_mapping(join);
    populate_own();
    memset(&report, 0, sizeof report);
    errno = 0;
    getrusage(RUSAGE_THREAD, &before); /* the first call warms the second up */
    getrusage(RUSAGE_THREAD, &before);
    armed = 1;
    return 1;
}

/* Ends it: sends the report. */
static void end(enum kind kind)
{
    report.error = errno;
    armed = 0;
    getrusage(RUSAGE_THREAD, &after);
    report.minor = after.ru_minflt - before.ru_minflt;
    report.major = after.ru_majflt - before.ru_majflt;
    if (report.signal)
        report.value = -1;
    if (kind == SOME_BYTES || kind == SOME_PAGES) {
        report.bytes = report.value < 0 ? 0 : report.value;
        for (long i = 0; i < report.bytes; i++) {
            if (kind == SOME_PAGES)
                buffer[i] &= 1;
            report.sum += buffer[i];
            if (i < SHOWN)
                report.first[i] = buffer[i];
        }
    }
    if (kind == A_CALL)
        settle();
    send_report();
    if (report.signal && SIGNALS_KILL)
        _exit(0);
}

static void fork_step(int who, int child, const char *text)
{
    if (begin(who, A_FORK, text)) {
        pid_t pid = fork();
        if (pid == 0) {
            armed = 0;
            become(child);
            settle();
            return;
        }
        report.value = pid;
        end(A_FORK);
    } else if (me == CONDUCTOR && report.value > 0) {
        lives[child] = 1;
        pidfd[child] = watch((pid_t)report.value);
    }
}

static void exit_step(int who)
{
    if (begin(who, AN_EXIT, "exit()")) {
        end(AN_EXIT);
        _exit(0);
    }
}

static void kernel_did(int result, const char *text)
{
    report.value = result;
    report.error = errno;
    print_step(KERNEL, A_CALL, text);
}

/* -- the files */

static char *shm(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "/pagelab-%d-%s", (int)conductor, name);
    return path;
}

static long cached_pages(int fd, long size)
{
    static unsigned char in_memory[1 << 15];
    long pages = (size + PAGE - 1) / PAGE, n = 0;
    void *at = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (at == MAP_FAILED)
        return 0;
    if (mincore(at, (size_t)size, in_memory) == 0) {
        for (long i = 0; i < pages; i++)
            n += in_memory[i] & 1;
    }
    munmap(at, (size_t)size);
    return n;
}

static void make_file(const char *name, long size, enum backing backing, int (*byte_at)(long), enum start start)
{
    int fd = backing == A_FILE ? open(name, O_RDWR | O_CREAT | O_TRUNC, 0600)
                               : shm_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    byte page[UNIT];

    if (fd < 0 || ftruncate(fd, scaled(size)) < 0)
        die(name);
    for (long from = 0; from < size; from += UNIT) { /* page by page: no large folios */
        long n = size - from < UNIT ? size - from : UNIT;
        for (long i = 0; i < n; i++)
            page[i] = (byte)byte_at(from + i);
        if (pwrite(fd, page, (size_t)n, from / UNIT * PAGE) != n)
            die(name);
    }
    if (backing == A_FILE) {
        fsync(fd);
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
        for (long from = 0; start == CACHED && from < size; from += UNIT) {
            if (pread(fd, page, 1, from / UNIT * PAGE) != 1)
                die(name);
        }
        if (start == COLD && cached_pages(fd, scaled(size)) > 0)
            printf("# %s is in memory already: this file system cannot do without, and major faults will be missing\n", name);
    }
    close(fd);
}

static int drop_caches(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    fsync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    return 0;
}

static void written(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static int write_back(void)
{
    write_files();
    return 0;
}

/* -- all of it */

static int pipe_high(int ends[2])
{
    int low[2];

    if (pipe(low) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, HIGH); /* the low numbers are the scenario's */
        close(low[i]);
    }
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static void prepare(void)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
    cpu_set_t one;

    if (sysconf(_SC_PAGESIZE) != PAGE) {
        fprintf(stderr, "This program is made for pages of %d bytes.\n", PAGE);
        exit(2);
    }
    conductor = getpid();
    syscall(SYS_close_range, 3, ~0U, 0);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    signal(SIGCHLD, SIG_IGN); /* processes that end are gone at once */
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one); /* one step at a time needs one processor */
    if (!HUGE_PAGES)
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    for (int i = 0; i < PROCESSES; i++) {
        if (pipe_high(go[i]) < 0)
            die("pipe");
    }
    if (pipe_high(reports) < 0)
        die("pipe");
}

static void enter_directory(char *path, size_t room)
{
    const char *parent = getenv("TMPDIR");
    struct statfs about;

    snprintf(path, room, "%s/pagelab-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(path) || chdir(path) < 0)
        die(path);
    if (statfs(".", &about) == 0 && about.f_type == 0x01021994)
        puts("# the files are on tmpfs, which has no disk: no fault is major (set TMPDIR to another place)");
}

int main(void)
{
    char directory[4096];

    prepare();
    setvbuf(stdout, NULL, _IOLBF, 0);
    enter_directory(directory, sizeof directory);
    make_files();
    stretch_stack();
    each_mapping(note_own);
    puts("#  n | process | outcome                                  | minor | major | step");
    scenario();
    if (me != CONDUCTOR)
        _exit(0);
    puts("# end");
    remove_files();
    if (chdir("/") == 0)
        rmdir(directory);
    return 0;
}
