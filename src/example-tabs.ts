import type { ExampleTab } from '#core/server/graphiql-page.js';

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const jobId = json({ jobId: 'the id of the job' });

/** What a newcomer finds in the tabs of GraphiQL, in the order in which to try it. */
export const exampleTabs: readonly ExampleTab[] = [
  {
    query: `# 1. Upload a log file: the button is above. Then press
#    "Analyze it"; or run this with the id of the upload
#    and press "Follow the newest job". Either puts the
#    id of the job into the next tabs.
mutation StartAnalysis($file: ID!) {
  enqueueJob(
    input: {
      name: "loglens.analyze"
      parameters: { file: $file }
    }
  ) {
    cursor
    job {
      id
      status
    }
  }
}
`,
    variables: json({ file: 'the id of your upload' }),
    takes: { upload: 'file' },
    button: { label: 'Analyze it', gives: 'job', at: 'enqueueJob.job.id', otherwise: 'No job was started', opens: 'FollowProgress' },
  },
  {
    query: `# 2. How far the job is, from its beginning to its end.
subscription FollowProgress($jobId: ID!) {
  jobProgress(jobId: $jobId, last: 100) {
    state
    cursor
    total
    reason
    items {
      seq
      attempt
      status
      message
      progress
    }
  }
}
`,
    variables: jobId,
    takes: { job: 'jobId' },
  },
  {
    query: `# 3. What the job prints. Only the newest page is shown;
#    an empty one says that nothing was printed lately.
#    With "after": a page's cursor, in place of "last",
#    the feed goes on behind that page: nothing is lost.
subscription FollowLogs(
  $jobId: ID!
  $after: String
  $last: Int
) {
  jobLogs(jobId: $jobId, after: $after, last: $last) {
    state
    cursor
    total
    items {
      seq
      level
      text
    }
  }
}
`,
    variables: json({ jobId: 'the id of the job', last: 100 }),
    takes: { job: 'jobId' },
  },
  {
    query: `# 4. The report, once the job has succeeded.
query Report($jobId: ID!) {
  job(id: $jobId) {
    status
    attempts
    result
    logs(last: 5) {
      totalCount
      nodes {
        seq
        text
      }
    }
  }
}
`,
    variables: jobId,
    takes: { job: 'jobId' },
  },
  {
    query: `# 5. Who you are, and the newest jobs that you may see.
query Overview {
  me {
    username
    permissions
  }
  jobs(first: 10, orderBy: [{ field: CREATED_AT, direction: DESC }]) {
    totalCount
    nodes {
      id
      name
      status
      progress
      requestedBy {
        username
      }
    }
  }
}
`,
    button: {
      label: 'Follow the newest job',
      gives: 'job',
      at: 'jobs.nodes.0.id',
      otherwise: 'There is no job yet: upload a log file and analyze it',
      opens: 'FollowProgress',
    },
  },
  {
    query: `# 6. Give a colleague access. "signInPath", behind the
#    address of this page, signs them in once, within a
#    day; there they choose a password. Roles are listed
#    by { roles { nodes { slug description } } }.
mutation AddUser {
  createUser(
    input: { username: "anna", roles: ["operator"] }
  ) {
    user {
      id
      username
    }
    signInPath
    signInPathExpiresAt
  }
}
`,
  },
];
