using Xunit;

// each journey drives whole hosts and a browser: side by side on two cores they would only measure each other's patience
[assembly: CollectionBehavior(DisableTestParallelization = true)]
