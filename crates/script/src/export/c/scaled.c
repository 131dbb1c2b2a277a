
/* -- files, with the scenario's bytes at the beginning of each page */

static long unscaled(long bytes)
{
    long rest = bytes % PAGE;

    return bytes / PAGE * UNIT + (rest < UNIT ? rest : UNIT);
}

static int in_scenario(const void *place)
{
    return (uintptr_t)place >= ARENA && (uintptr_t)place < 2 * ARENA;
}

/* Moves n bytes, page by page: within a page they lie together, here as there. */
static long scaled_move(int fd, byte *memory, long n, long offset, int writing)
{
    long moved = 0;

    if (offset < 0)
        n = writing ? pwrite(fd, memory, 0, -1) : pread(fd, memory, 0, -1); /* for its errno */
    do {
        long chunk = UNIT - (offset + moved) % UNIT, place = scaled(offset + moved), now, size;
        int paged = in_scenario(memory);

        if (paged && chunk > UNIT - (long)((uintptr_t)memory % PAGE))
            chunk = UNIT - (long)((uintptr_t)memory % PAGE);
        if (chunk > n - moved)
            chunk = n - moved;
        if (chunk < 0)
            return -1;
        now = writing ? pwrite(fd, memory, (size_t)chunk, place) : pread(fd, memory, (size_t)chunk, place);
        if (now < 0)
            return moved > 0 ? moved : -1;
        /* A page that is full there is full here. */
        if (writing && (offset + moved + now) % UNIT == 0 && now > 0 && (size = lseek(fd, 0, SEEK_END)) % PAGE == UNIT
            && ftruncate(fd, scaled(unscaled(size))) < 0)
            return -1;
        moved += now;
        for (long i = 0; paged && i < now; i++)
            memory = next_byte(memory);
        if (!paged)
            memory += now;
        if (now < chunk)
            break;
    } while (moved < n);
    return moved;
}

static long scaled_pread(int fd, void *to, long n, long offset)
{
    long place = lseek(fd, 0, SEEK_CUR), moved = scaled_move(fd, to, n, offset, 0);

    lseek(fd, place, SEEK_SET);
    return moved;
}

static long scaled_pwrite(int fd, const void *from, long n, long offset)
{
    long place = lseek(fd, 0, SEEK_CUR), moved = scaled_move(fd, (byte *)from, n, offset, 1);

    lseek(fd, place, SEEK_SET);
    return moved;
}

static long scaled_read(int fd, void *to, long n)
{
    long place = unscaled(lseek(fd, 0, SEEK_CUR)), moved = scaled_move(fd, to, n, place < 0 ? 0 : place, 0);

    if (moved > 0)
        lseek(fd, scaled(place + moved), SEEK_SET);
    return moved;
}

static long scaled_write(int fd, const void *from, long n)
{
    long place = unscaled(lseek(fd, 0, SEEK_CUR)), moved = scaled_move(fd, (byte *)from, n, place < 0 ? 0 : place, 1);

    if (moved > 0)
        lseek(fd, scaled(place + moved), SEEK_SET);
    return moved;
}

static long scaled_lseek(int fd, long offset, int whence)
{
    long from = 0, now = lseek(fd, 0, SEEK_CUR), place;

    if (whence == SEEK_CUR)
        from = unscaled(now);
    else if (whence == SEEK_END)
        from = unscaled(lseek(fd, 0, SEEK_END));
    lseek(fd, now, SEEK_SET);
    place = lseek(fd, scaled(from + offset), whence == SEEK_CUR || whence == SEEK_END ? SEEK_SET : whence);
    return place < 0 ? -1 : unscaled(place);
}
