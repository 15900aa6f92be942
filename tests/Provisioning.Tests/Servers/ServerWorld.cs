using System.Text.Json;
using Database;
using Database.Work;
using Microsoft.Extensions.Logging.Abstractions;
using Provisioning.Hypervisors;
using Provisioning.Servers;
using Provisioning.Tests.Plan;
using Testing;
using Xunit;

namespace Provisioning.Tests.Servers;

/// <summary>A database, a hypervisor and a clock: commands are asked for and run one try at a time.</summary>
internal sealed class ServerWorld : IAsyncDisposable
{
    private readonly List<string> made = [];

    private ServerWorld(TestDatabase database, HypervisorOptions hypervisor, string image)
    {
        Database = database;
        Image = image;
        var regions = new HypervisorsOptions();
        regions.Regions.Add(hypervisor);
        Hypervisors = new HypervisorsByRegion(Microsoft.Extensions.Options.Options.Create(regions));
    }

    public TestDatabase Database { get; }

    public Db Db => Database.Db;

    public HypervisorsByRegion Hypervisors { get; }

    public Hypervisor Hypervisor => Hypervisors.In("blr");

    public string Image { get; }

    public MovedClock Clock { get; } = new();

    public ServersOptions Options { get; } = new() { AddressWithin = Wait.Patience, StopWithin = TimeSpan.FromSeconds(10) };

    public static async Task<ServerWorld> Create(HypervisorOptions hypervisor, string image, string engine = "SQLite") =>
        new(await TestDatabase.Create(engine), hypervisor, image);

    /// <summary>What a paid order asks for.</summary>
    public ServerSpec Spec()
    {
        var id = Id.New<ServerId>(Clock.GetUtcNow());
        made.Add(id.InstanceName);
        return new ServerSpec
        {
            ServerId = id.Value,
            OrderLineId = $"orl_{id.Value[4..]}",
            AccountId = "acc_01",
            Region = "blr",
            Image = Image,
            Hostname = "web-1.example.in",
            Label = "Web",
            SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha",
            Vcpu = 1,
            MemoryMib = 128,
            DiskGib = 1,
        };
    }

    public async Task<WorkItem> Ask(string command, string resource, object? input = null, string? dedupKey = null)
    {
        var work = new NewWork(command, resource) { AccountId = "acc_01", Input = input, DedupKey = dedupKey };
        var id = await Db.Write(tx => WorkQueue.Add(tx, work, Clock.GetUtcNow()));
        Clock.Move(TimeSpan.FromMilliseconds(1));
        return await Item(id);
    }

    public async Task<WorkItem> Item(WorkItemId id) =>
        await Db.One<WorkItem>(Sql.Item, new { Id = id }) ?? throw new InvalidOperationException($"No item {id}.");

    public async Task<IReadOnlyList<WorkItem>> Asked(string command) =>
        await Db.Query<WorkItem>(Sql.Asked, new { Command = command });

    public WorkContext Context(WorkItem item) => new(Db, Clock, item, TestContext.Current.CancellationToken);

    /// <summary>One try, and what it settles.</summary>
    public async Task<WorkOutcome> Try(WorkItem item)
    {
        var outcome = await Handler(item.Command).Run(Context(item));
        var (state, writes) = outcome switch
        {
            WorkOutcome.Done done => ("done", done.InSameTransaction),
            WorkOutcome.Failed failed => ("failed", failed.InSameTransaction),
            WorkOutcome.Again again => (null, again.InSameTransaction),
            _ => throw new InvalidOperationException(),
        };
        await Db.Write(async tx =>
        {
            if (state is not null) await tx.Execute(Sql.End, new { item.Id, State = state, Now = Clock.GetUtcNow() });
            if (writes is not null) await writes(tx);
        });
        return outcome;
    }

    /// <summary>Asks and tries once; it must be done.</summary>
    public async Task Done(string command, string resource, object? input = null) =>
        Assert.IsType<WorkOutcome.Done>(await Try(await Ask(command, resource, input)));

    /// <summary>A server that was made and runs.</summary>
    public async Task<ServerSpec> Delivered()
    {
        var spec = Spec();
        await Done("server.create", spec.ServerId, spec);
        return spec;
    }

    public async Task<Server> Server(ServerSpec spec) =>
        await Provisioning.Servers.Server.Find(Db, ServerId.From(spec.ServerId)) ?? throw new InvalidOperationException("No server row.");

    public Task<Instance?> Instance(ServerSpec spec) => Hypervisor.Find(ServerId.From(spec.ServerId).InstanceName, CancellationToken.None);

    public static JsonElement Input(WorkItem item) => JsonDocument.Parse(item.Input!).RootElement;

    public IWorkHandler Handler(string command)
    {
        var plans = PlanProof.Runner(Db);
        var settings = Microsoft.Extensions.Options.Options.Create(Options);
        return command switch
        {
            "server.create" => new CreateServer(Db, Hypervisors, plans, settings),
            "server.power" => new PowerServer(Db, Hypervisors, plans, settings),
            "server.rename" => new RenameServer(Db, Hypervisors),
            "server.delete" => new DeleteServer(Db, Hypervisors, settings),
            "server.undelete" => new UndeleteServer(Db, Hypervisors, plans, settings),
            "server.purge" => new PurgeServer(Db, Hypervisors),
            "server.observe" => new ObserveServers(
                Db, Hypervisors, [new PeriodicWork("server.observe", Options.ObserveEvery)], NullLogger<ObserveServers>.Instance),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
    }

    internal static class Sql
    {
        private const string Columns = """
            Id, Command, Resource, AccountId, State, Step, Progress, Message, Attempts, NextTryAt, Fence, ErrorCode, ErrorText, Input,
            PromisedAt, CreatedAt, StartedAt, EndedAt, TraceParent
            """;

        public const string Item = $"select {Columns} from WorkItem where Id = @Id";

        public const string Asked = $"select {Columns} from WorkItem where Command = @Command order by Id";

        public const string End = "update WorkItem set State = @State, EndedAt = @Now where Id = @Id";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in made) await Hypervisor.Delete(name, CancellationToken.None);
        Hypervisors.Dispose();
        await Database.DisposeAsync();
    }
}

/// <summary>The clock on the wall, moved by the test.</summary>
internal sealed class MovedClock : TimeProvider
{
    private TimeSpan ahead;

    public void Move(TimeSpan by) => ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
