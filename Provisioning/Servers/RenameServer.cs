using Database;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Servers;

/// <summary><c>server.rename</c>: changes the customer's name for it. The instance keeps its own name.</summary>
internal sealed class RenameServer(Db db, HypervisorsByRegion hypervisors) : IWorkHandler
{
    internal sealed record Input(string Label);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (server, ended) = await ServerTurn.Take(db, context);
        if (server is null) return ended!;
        var label = context.Input<Input>().Label;
        if (string.IsNullOrWhiteSpace(label) || label.Length > 80 || label.Any(char.IsControl))
            return new WorkOutcome.Failed("provisioning.servers.bad_label", "The name is empty, longer than 80 characters or holds control characters.");
        if (!server.Living) return new WorkOutcome.Failed($"provisioning.servers.{server.State}", $"The server is {server.State}; it cannot be renamed.");
        await context.Progress("label", 50, "It is getting its new name.");
        await hypervisors.In(server.Region).SetLabel(server.InstanceName, label, context.Cancelled);
        return new WorkOutcome.Done(tx => tx.Execute(Sql.Rename, new { server.Id, server.AccountId, Label = label }));
    }

    internal static class Sql
    {
        public const string Rename = """
            update Server
            set Label = @Label
            where Id = @Id
                and AccountId = @AccountId
            """;
    }
}
