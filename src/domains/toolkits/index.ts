export { loadToolkits } from './load-toolkits.js';
