export { SignOfLife } from './sign-of-life.js';
