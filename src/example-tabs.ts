import type { ExampleTab } from '#core/server/graphiql-page.js';

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** What a newcomer finds in the tabs of GraphiQL, in the order in which to try it. */
export const exampleTabs: readonly ExampleTab[] = [
  {
    query: `# 1. Upload a log file of yours with the button above: its id is copied. Paste it as "file" into the variables below and run
#    this. In the next tabs, put the job's id into the variables.
mutation StartLoglens($input: EnqueueJobInput!) {
  enqueueJob(input: $input) {
    cursor
    job {
      id
      status
    }
  }
}
`,
    variables: json({ input: { name: 'loglens.analyze', parameters: { file: 'the id of your upload' } } }),
  },
  {
    query: `# 2. What the job tells of its progress, from its beginning to its end.
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
    variables: json({ jobId: 'the id of the job' }),
  },
  {
    query: `# 3. What the job prints. Resume with "after: <cursor>" instead of "last" and no line is missing.
subscription FollowLogs($jobId: ID!) {
  jobLogs(jobId: $jobId, last: 100) {
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
    variables: json({ jobId: 'the id of the job' }),
  },
  {
    query: `# 4. The report, once the job has succeeded, and the last lines that it printed.
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
    variables: json({ jobId: 'the id of the job' }),
  },
  {
    query: `# 5. Who you are, and the newest jobs that you may see.
{
  me {
    username
    permissions
  }
  jobs(first: 10, orderBy: [{ field: createdAt, direction: DESC }]) {
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
  },
];
