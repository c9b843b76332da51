/** SQL that lets the database notice within about 20 seconds that the machine at the other end of this session is gone; by default that takes hours. */
export const noticeDeath = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2';
