"""The address WeChat sends followers' messages to."""
