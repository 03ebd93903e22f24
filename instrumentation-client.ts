// What every page needs is in the script that every page loads first, where it is lightest.
import '@/app/error'
import '@/components/early/body'
import '@/components/ui/clock'
import '@/components/ui/display-context'
import '@/components/ui/toast'
