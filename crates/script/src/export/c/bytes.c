
/* -- memory, byte by byte */

/* The scenario's bytes are the first UNIT of each page. */
static byte *next_byte(const byte *place)
{
    place++;
    return (byte *)((uintptr_t)place % PAGE < UNIT ? place : place + PAGE - UNIT);
}

/* One access a byte, in order, as the scenario has it: the compiler must not join them. */
static long load(const byte *from, long n)
{
    const volatile byte *place = from;

    n = at_most(n, BUFFER);
    for (long i = 0; i < n; i++, place = next_byte((const byte *)place))
        buffer[i] = *place;
    return n;
}

static long store(byte *to, const void *data, long n)
{
    volatile byte *place = to;

    for (long i = 0; i < n; i++, place = next_byte((const byte *)place))
        *place = ((const byte *)data)[i];
    return n;
}

static byte *fill(int value, long n)
{
    memset(buffer, value, (size_t)at_most(n, BUFFER));
    return buffer;
}

/* `pagelab verify` says where the simulation has the mapping of each step: "3:40,5:80" and so on. */
static byte *somewhere(void)
{
    static unsigned long places;
    const char *told = getenv("PAGELAB_PLACES");

    while (told && *told) {
        char *end;
        long step = strtol(told, &end, 10);
        long place = *end == ':' ? strtol(end + 1, &end, 16) : 0;
        if (step == step_number)
            return at(place);
        told = *end == ',' ? end + 1 : NULL;
    }
    return (byte *)(2 * ARENA - ARENA / 2 + (++places << 30));
}

/* An offset that is not known before the program runs must not lead out of the scenario's memory. */
static long within(long offset)
{
    if (offset > 1L << 40 || offset < -(1L << 40)) {
        fprintf(stderr, "an offset of %ld is too far\n", offset);
        _exit(98);
    }
    return offset;
}

static long at_most(long n, long most)
{
    return n < most ? n : most;
}

/* posix_fadvise gives its error instead of setting errno. */
static long advise(int fd, long from, long n, int advice)
{
    errno = posix_fadvise(fd, from, n, advice);
    return errno ? -1 : 0;
}

/* Bytes of the scenario, in bytes here. */
static long scaled(long bytes)
{
    long pages = bytes / UNIT, rest = bytes % UNIT;

    return rest < 0 ? (pages - 1) * PAGE + rest + UNIT : pages * PAGE + rest;
}
