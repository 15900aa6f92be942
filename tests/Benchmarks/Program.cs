using Benchmarks;

return args switch
{
    [BareServerList.Verb, var file, var account, .. var rest] => await BareServerList.Run(file, account, rest),
    [BareToken.Verb, .. var rest] => await BareToken.Run(rest),
    [InvoiceWriters.Verb, var means, var file, var source, var half] => await InvoiceWriters.Run(means, file, source, half == "1" ? 1 : 0),
    _ => await Benchmark.Run(args),
};
