/** Every permission that Signalbox asks for, with what it allows. */
export const permissions: Record<string, string> = {
  'user:read': 'See all users and their roles',
  'session:read': 'See the sessions of all users',
  'session:revoke': 'End the sessions of other users',
  'file:upload': 'Upload files',
  'file:read': 'See the uploads of all users, and let operations read files below FILE_ROOTS',
  'job:read': 'See the jobs of all users, their progress and logs',
  'job:enqueue': 'Start jobs',
  'job:cancel': 'Cancel the jobs of other users',
  'job:retry': 'Run jobs of other users again that failed or were cancelled',
  'schedule:manage': 'See, create, change and delete schedules of jobs',
  'system:read': 'See the processes of the installation and what they are doing',
};

/** The roles that every installation has. */
export const seededRoles: Record<string, { name: string; description: string; permissions: string[] }> = {
  admin: { name: 'Administrator', description: 'Does everything', permissions: Object.keys(permissions) },
  approver: { name: 'Approver', description: 'Decides what waits for a human', permissions: ['job:read'] },
  operator: {
    name: 'Operator',
    description: 'Runs and watches jobs',
    permissions: ['job:read', 'job:enqueue', 'job:cancel', 'job:retry', 'schedule:manage', 'file:upload', 'file:read', 'system:read'],
  },
  viewer: { name: 'Viewer', description: 'Watches', permissions: ['job:read'] },
};
