{
  'variables': { 'module_name%': 'libtorch_node' },
  'targets': [
    {
      # The build is described in CMakeLists.txt; this only forwards, so that `node-gyp rebuild` and prebuildify work.
      'target_name': 'forward_to_cmake',
      'type': 'none',
      'actions': [
        {
          'action_name': 'cmake',
          'inputs': [],
          'outputs': ['<(module_root_dir)/build/Release/libtorch_node.node'],
          'action': ['node', '<(module_root_dir)/scripts/build.mjs', '--force'],
        },
      ],
    },
  ],
}
