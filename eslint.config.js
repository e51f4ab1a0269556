import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Files of one layer may import only the layers below it: DESIGN's arrow, held by a rule. */
function layer(files, forbidden) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: forbidden.map(([group, message]) => ({ group, message })) },
      ],
    },
  };
}

const addon = [['**/*.node', '**/build/Release/**'], 'only ts/native.ts loads the addon'];
const upwards = (name) => [[`**/${name}/**`], `imports point downwards: not to ${name}/`];

export default tseslint.config(
  {
    ignores: [
      'docs/api/',
      'dist/',
      'lib/',
      'build/',
      'prebuilds/',
      'node_modules/',
      'ts/torch/generated/',
      '**/fixtures/**',
      '**/.cells-*',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-cycle': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // Shapes and indices are checked where they come from; `as` after a check reads better than a second check.
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // Chai's assertions are property accesses.
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        Bun: 'readonly',
        Deno: 'readonly',
        globalThis: 'readonly',
      },
    },
  },
  {
    // What a browser has, the page's own tsconfig knows.
    files: ['ts/demo/page/**'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: {
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  {
    // The book assigns a name twice where it improves on itself, and a py`...` template may be a statement.
    files: ['examples/**'],
    rules: {
      '@typescript-eslint/no-unused-expressions': ['error', { allowTaggedTemplates: true }],
      'no-useless-assignment': 'off',
    },
  },
  layer(
    ['ts/torch/**'],
    [upwards('fastai'), upwards('torchvision'), upwards('plot'), upwards('fastcore'), addon],
  ),
  layer(['ts/torchvision/**'], [upwards('fastai'), addon]),
  layer(['ts/fastcore/**', 'ts/plot/**'], [upwards('fastai'), addon]),
  layer(['ts/fastai/**'], [upwards('demo'), addon]),
  layer(['ts/demo/**', 'examples/**'], [addon]),
);
