/* Reading and writing files page by page, the scenario's bytes at the beginning of each. */
HELPER long scaled_read(int fd, void *to, long n);
HELPER long scaled_pread(int fd, void *to, long n, long offset);
HELPER long scaled_write(int fd, const void *from, long n);
HELPER long scaled_pwrite(int fd, const void *from, long n, long offset);
HELPER long scaled_lseek(int fd, long offset, int whence);

