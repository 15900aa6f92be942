using Billing.Tax;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Billing.Tests.Tax;

public sealed class SplitHolds
{
    private static readonly (string Sac, int Bps)[] Groups = [("998315", 1800), ("998316", 1800), ("998315", 500), ("998319", 2800)];

    [Fact]
    public void Lines_add_up_to_their_groups_and_halves_are_equal() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonEmptyArray<(NonNegativeInt Net, int Group)>, int>((drawn, kind) =>
        {
            var nature = (TaxNature)Math.Abs(kind % 4);
            var lines = drawn.Get.Select(one => (one.Net.Get, Groups[Math.Abs(one.Group % Groups.Length)]))
                .Select(one => new TaxableLine(one.Get, one.Item2.Sac, one.Item2.Bps)).ToList();
            var split = TaxSplit.Of(lines, nature);
            var groups = lines.Zip(split).GroupBy(pair => (pair.First.Sac, pair.First.RateBps)).All(group =>
                TaxAmounts.Sum(group.Select(pair => pair.Second))
                    == TaxSplit.OfGroup(group.Sum(pair => pair.First.NetPaise), group.Key.RateBps, nature));
            var signs = split.All(line => line.CgstPaise >= 0 && line.IgstPaise >= 0 && line.TotalPaise >= line.NetPaise);
            var halves = split.All(line => line.CgstPaise == line.SgstPaise + line.UtgstPaise);
            var heads = split.All(line => line.IgstPaise == 0 || line.CgstPaise == 0);
            return groups && signs && halves && heads && split.Zip(lines).All(pair => pair.First.NetPaise == pair.Second.NetPaise);
        }));

    [Fact]
    public void A_price_that_includes_the_tax_is_missed_by_a_paisa_at_most() =>
        Check.QuickThrowOnFailure(Prop.ForAll<PositiveInt, bool>((gross, intra) =>
        {
            var (amounts, roundOff) = TaxSplit.Inclusive(gross.Get, 1800, intra ? TaxNature.IntraState : TaxNature.InterState);
            return amounts.TotalPaise + roundOff == gross.Get && Math.Abs(roundOff) <= 2;
        }));

    [Fact]
    public void A_GSTIN_with_one_character_changed_is_refused() => Check.QuickThrowOnFailure(Prop.ForAll<int, int>((at, to) =>
    {
        const string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var characters = "29ZZZCA0002Z1ZK".ToCharArray();
        var (place, with) = (Math.Abs(at % 15), alphabet[Math.Abs(to % 36)]);
        if (characters[place] == with) return true;
        characters[place] = with;
        return Gstin.Check(new string(characters)) is GstinCheck.Refused;
    }));
}
