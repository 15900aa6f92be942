using System.Security.Cryptography;
using System.Text;
using Billing.Orders;
using Billing.Prices;
using Database;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Accounts;
using Portal.Backups;
using Portal.Catalogue;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>How ordering a server ended.</summary>
public abstract record PlaceOrderOutcome
{
    private PlaceOrderOutcome()
    {
    }

    /// <summary>The order waits for its payment; nothing is created before.</summary>
    public sealed record Placed(SalesOrderId OrderId, ServerId ServerId, Money Total) : PlaceOrderOutcome;

    /// <summary>The same form was sent before: this is the order it made.</summary>
    public sealed record AlreadyPlaced(SalesOrderId OrderId, ServerId ServerId, Money Total) : PlaceOrderOutcome;

    /// <summary>Something asked for cannot be ordered.</summary>
    public sealed record Refused(IReadOnlyList<Refusal> Refusals) : PlaceOrderOutcome;

    /// <summary>It costs something else now; nothing was ordered.</summary>
    public sealed record PriceChanged(Money NewTotal) : PlaceOrderOutcome;

    /// <summary>It would go beyond what the person may spend this month; nothing was ordered.</summary>
    public sealed record BeyondSpendLimit(string Code, string Message) : PlaceOrderOutcome;

    /// <summary>There is nobody to invoice yet.</summary>
    public sealed record BillingDetailsMissing(string Code, string Message) : PlaceOrderOutcome;
}

/// <summary>How far somebody may order.</summary>
/// <param name="LimitPaise">For a month of India's calendar; null without a limit.</param>
/// <param name="Team">The team that the server belongs to.</param>
public sealed record OrderRights(long? LimitPaise, TeamId? Team)
{
    /// <summary>Whether it counts against the person's own limit; an order that somebody else approved counts against theirs.</summary>
    internal bool IsCounted { get; init; } = true;
}

/// <summary>
/// Places an order for a server: the wish and the sales order stand or fall together. The paid line carries the work
/// <c>server.create</c>, which Billing adds in the transaction that settles the payment.
/// </summary>
public sealed class PlaceOrder(Db db, PlaceSalesOrder placeSalesOrder, TimeProvider clock, IOptions<ServersOptions> options)
{
    private const int LongestDescription = 200;
    private const int LongestLabel = 80;

    /// <summary>Orders the server.</summary>
    /// <param name="who">Who orders, and for which account.</param>
    /// <param name="wish">What.</param>
    /// <param name="expected">The total the customer agreed to; null orders at today's price.</param>
    /// <param name="token">Whatever tells one form or request from another; the same with the same wish orders once.</param>
    /// <param name="rights">How far the person may order; null for the house itself.</param>
    public async Task<PlaceOrderOutcome> Run(SignedIn who, ServerWish wish, Money? expected, string? token, OrderRights? rights = null)
    {
        var place = await Prepare(who, wish, expected, token, rights);
        try
        {
            return await db.Write(place);
        }
        catch (BeyondLimitException limit)
        {
            return new PlaceOrderOutcome.BeyondSpendLimit(BeyondLimit.Code, limit.Beyond.Message);
        }
    }

    /// <summary>Reads what is needed, and gives back what places the order in the caller's transaction.</summary>
    internal async Task<Func<Tx, Task<PlaceOrderOutcome>>> Prepare(SignedIn who, ServerWish wish, Money? expected, string? token, OrderRights? rights)
    {
        var now = clock.GetUtcNow();
        var onSale = await OnSale.Read(db, now);
        var (accepted, refusals) = await RestoreAsNew.Check(db, who.AccountId, wish, onSale);
        // a repeated form must find its order even when the last server of the plan went to it
        var refusedForGood = refusals.Any(refusal => refusal.Code != "portal.servers.sold_out");
        return async tx =>
        {
            if (accepted is null && (refusedForGood || token is null)) return new PlaceOrderOutcome.Refused(refusals);
            var key = token is null ? null : KeyOf(token, wish);
            if (key is not null && await Earlier(tx, who.AccountId, key) is { } earlier) return earlier;
            return accepted is null
                ? new PlaceOrderOutcome.Refused(refusals)
                : await Place(tx, who, accepted, expected, key, rights, now);
        };
    }

    /// <summary>What the order's lines are, priced or not yet.</summary>
    internal IReadOnlyList<WantedLine> Lines(CheckedWish wish, ServerId server, AccountId account)
    {
        var plan = wish.Offer.Plan;
        var what = Describe($"Virtual server {plan.Name}, {wish.Region.Name}: {wish.Hostname}");
        var line = new WantedLine(plan.ItemCode, wish.Region.Code, what)
        {
            WorkCommand = wish.BackupId is null ? "server.create" : "backup.restore_new",
            WorkResource = server.Value,
            WorkInput = Spec(wish, server, account),
            Promised = options.Value.ReadyWithin,
        };
        if (!wish.Backups) return [line];
        what = Describe($"Daily backups, {plan.Name}: {wish.Hostname}");
        var backups = new WantedLine(plan.BackupItemCode, wish.Region.Code, what)
        {
            WorkResource = server.Value,
        };
        return [line, backups];
    }

    private async Task<PlaceOrderOutcome> Place(
        Tx tx, SignedIn who, CheckedWish wish, Money? expected, string? key, OrderRights? rights, DateTimeOffset now)
    {
        var server = Id.New<ServerId>(now);
        var request = new OrderRequest(who.AccountId.Value, who.PersonId.Value, Lines(wish, server, who.AccountId))
        {
            ExpectedTotal = expected,
            IdempotencyKey = key,
        };
        switch (await placeSalesOrder.Run(tx, request, now))
        {
            case OrderOutcome.Placed placed:
                if (rights is { IsCounted: true } && await SpendLimit.Count(tx, who.AccountId, who.PersonId, placed.Id.Value, placed.Total, rights.LimitPaise, now) is { } beyond)
                    throw new BeyondLimitException(beyond);
                await Keep(tx, who, wish, server, placed, now);
                if (rights?.Team is { } team) await ChangeTeams.Put(tx, who.AccountId, server.Value, team, now);
                return new PlaceOrderOutcome.Placed(placed.Id, server, placed.Total);
            case OrderOutcome.AlreadyPlaced earlier:
                return await OrderOf(tx, who.AccountId, earlier.Id, earlier.Total);
            case OrderOutcome.PriceChanged changed:
                return new PlaceOrderOutcome.PriceChanged(changed.NewTotal);
            case OrderOutcome.SoldOut:
                return new PlaceOrderOutcome.Refused([CheckWish.SoldOut(wish.Offer, wish.Region)]);
            case OrderOutcome.UnknownItem:
                return new PlaceOrderOutcome.Refused([CheckWish.Unsold(nameof(ServerWish.Plan), "plan")]);
            case OrderOutcome.BillingDetailsMissing missing:
                return new PlaceOrderOutcome.BillingDetailsMissing(missing.Code, missing.Message);
            case var outcome:
                throw new InvalidOperationException($"Placing an order ended as {outcome}, which nobody answers.");
        }
    }

    private static Task<int> Keep(
        Tx tx, SignedIn who, CheckedWish wish, ServerId server, OrderOutcome.Placed placed, DateTimeOffset now) =>
        tx.Execute(Sql.Insert, new
        {
            ServerId = server,
            who.AccountId,
            who.PersonId,
            SalesOrderId = placed.Id,
            SalesOrderLineId = placed.Lines[0],
            PlanCode = wish.Offer.Plan.Code,
            Region = wish.Region.Code,
            ImageCode = wish.Image.Code,
            wish.Hostname,
            Label = LabelOf(wish),
            SshKey = wish.SshKey.Text,
            wish.Backups,
            Now = now,
        });

    private static object Spec(CheckedWish wish, ServerId server, AccountId account) => new
    {
        ServerId = server.Value,
        AccountId = account.Value,
        Region = wish.Region.Code,
        Image = wish.Image.Alias,
        wish.Hostname,
        Label = LabelOf(wish),
        SshKey = wish.SshKey.Text,
        wish.Offer.Plan.Vcpu,
        wish.Offer.Plan.MemoryMib,
        wish.Offer.Plan.DiskGib,
        wish.Backups,
        wish.BackupId,
    };

    private static string LabelOf(CheckedWish wish) =>
        wish.Hostname.Length > LongestLabel ? wish.Hostname[..LongestLabel] : wish.Hostname;

    private static string Describe(string text) => text.Length > LongestDescription ? text[..LongestDescription] : text;

    private static async Task<PlaceOrderOutcome?> Earlier(Tx tx, AccountId account, string key)
    {
        var earlier = await tx.One<EarlierOrder>(Sql.Earlier, new { AccountId = account, Key = key });
        return earlier is null
            ? null
            : new PlaceOrderOutcome.AlreadyPlaced(earlier.OrderId, earlier.ServerId, new Money(earlier.TotalPaise));
    }

    private static async Task<PlaceOrderOutcome> OrderOf(Tx tx, AccountId account, SalesOrderId order, Money total)
    {
        var server = await tx.One<ServerId>(Sql.ServerOf, new { AccountId = account, OrderId = order });
        return new PlaceOrderOutcome.AlreadyPlaced(order, server, total);
    }

    // a form that was changed after it had been sent is another order, so the key covers the answers too
    internal static string KeyOf(string token, ServerWish wish)
    {
        var answers = string.Join(
            '\n', token, wish.Plan, wish.Region, wish.Image, wish.Hostname, wish.SshKey, wish.Backups, wish.Backup);
        return $"server:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answers)))}";
    }

    private sealed record EarlierOrder
    {
        public SalesOrderId OrderId { get; init; }

        public ServerId ServerId { get; init; }

        public long TotalPaise { get; init; }
    }

    internal static class Sql
    {
        public const string Insert = """
            insert into ServerOrder (ServerId, AccountId, PersonId, SalesOrderId, SalesOrderLineId, PlanCode, Region, ImageCode,
                Hostname, Label, SshKey, Backups, PlacedAt)
            values (@ServerId, @AccountId, @PersonId, @SalesOrderId, @SalesOrderLineId, @PlanCode, @Region, @ImageCode, @Hostname,
                @Label, @SshKey, @Backups, @Now)
            """;

        public const string Earlier = """
            select o.Id as OrderId, s.ServerId, o.TotalPaise
            from SalesOrder o
                join ServerOrder s on s.SalesOrderId = o.Id
            where o.AccountId = @AccountId
                and o.IdempotencyKey = @Key
            """;

        public const string ServerOf = """
            select ServerId
            from ServerOrder
            where AccountId = @AccountId
                and SalesOrderId = @OrderId
            """;
    }
}
